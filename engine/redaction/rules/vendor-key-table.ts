/**
 * Vendors whose keys have no prefix, only a length and an alphabet, by format (notation: key-format.ts): a value is a key where the
 * vendor's name stands near it. From the vendors' documentation and the formats that public scanners agree on. A vendor may stand
 * in several rows; `/` separates spellings of its name; `~` marks a name that is also an ordinary word, which counts only with
 * `api`, `key`, `token` or the like behind it. To add a vendor, add its name to the row of its format, or a row.
 */
export const VENDOR_KEY_TABLE: readonly (readonly [format: string, vendors: string])[] = [
  // hex
  ['h10', 'neverbounce~ intruderio'],
  ['h16', 'coinlib zoominfo'],
  ['h20', 'pusher~ pushercom ably~ calculator~'],
  [
    'h24',
    'sendbird metaapi/meta-api kucoin onepagecrm enablex flightapi keenio/keen.io plaid segmentio trello mongodbatlas vwo',
  ],
  ['h30', 'plaid mixpanel'],
  [
    'h32',
    `ipstack nitro~ pdfshift amplitude api2cart cloze madkudu runrunit thinkific mailchimp theoddsapi/the-odds-api
    autopilot~ streak~ trello thousandeyes bugsnag rollbar honeybadger openweather/openweathermap/owm_ newsapi
    exchangeratesapi/exchangerates mediastack fixer~ currencylayer coinlayer languagelayer mailboxlayer numverify vatlayer
    userstack weatherstack aviationstack marketstack positionstack serpstack scrapestack zenserp countrylayer
    screenshotlayer pdflayer abstractapi lastfm/last.fm adobe~ facebook/fb_app/fbapp instagram_app meta_app datadog/dd_api
    bittrex codecov sinch moosend checkly raygun airbrake loggly~ statuspage appoptics twilio flickr tmdb/themoviedb
    steam~ giphy spoonacular edamam nutritionix walkscore openuv ipdata weatherapi tomorrowio climacell agora~
    azurecognitive/cognitiveservices azure_openai/azureopenai azure_openai_api azuremaps azuretranslator speechkey
    bingsearch ocp-apim ocpapim apimsubscription yandexmetrika vk~ mandrillold sparkpostold snowplow hockeyapp crashlytics
    fabric~ testfairy zyte scrapinghub crawlera luminati fullcontact peoplekey mailtrap elasticmail mailjet pepipost
    netcore~ sendpulse clicksend smsglobal bulksms`,
  ],
  ['h37', 'cloudflare/cf_api/cf_global'],
  [
    'h40',
    `github~ gitea gogs circleci/circle_ci/circle~ meraki/cisco_meraki nicereply klipfolio avaza sendbird strava heap~
    librato papertrail codeship logentries rapid7 insightops digitalocean_spaces dnsimple bitly buildkite
    sonarqube/sonarcloud/sonar~ trustpilot discogs maxcdn keycdn rackspace softlayer dreamhost launchpad redmine
    phabricator zenodo figshare`,
  ],
  ['h44', 'ritekit'],
  [
    'h64',
    'ambee boostnote virustotal/vt_api sentry dailyco/daily~ metaapi/meta-api captaindata youneedabudget/ynab digitalocean/do_token/do_api coinbase alienvault/otx_ trello linode etherpad harbor~ cloudsmith',
  ],
  ['h96', 'elasticemail'],
  ['h128', 'planview/leankit poloniex'],
  ['H32', 'steam_web steam_api payeezy'],
  // letters and digits in lower case
  ['l13', 'luno~'],
  ['l14', 'host~'],
  ['l16', 'confluent metrilo mite~ coinlib'],
  ['l20', 'finnhub uploadcare pusher~'],
  ['l22', 'bugherd'],
  ['l24', 'plaid keenio/keen.io enablex exchangerate flightapi sendbird etsy'],
  ['l25', 'graphcms/hygraph skybiometry'],
  ['l26', 'mattermost skybiometry'],
  ['l28', 'geocode~'],
  ['l30', 'alibaba/aliyun scrapeowl centralstation plaid cloudimage'],
  ['l31', 'worldweather/worldweatheronline'],
  [
    'l32',
    `geoapify survicate ipapi axonaut pdflayer bulbul goodday currencyscoop flightstats adzuna yousign openweather deputy
    copper~ clinchpad currencyfreaks diffbot assemblyai checklyhq moonclerk moonclerck ipgeolocation jotform toggl
    scrapfly dandelion exchangeratesapi aylien rawg weatherbit alconost edamam siteleaf zerobounce opencagedata/opencage
    meaningcloud pipedream taxjar twelvedata travelpayouts upwave detectlanguage sherpadesk semaphore~ billomat
    webscraping sheety spoonacular scraperapi walkscore apiflash scrapingant bitbar sinch mailerlite hive~
    abstractapi/abstract~ newsapi pivotal~/pivotaltracker ipquality/ipqualityscore zipapi algolia bitbucket codecov
    bittrex fastly~ cloudelements nutritionix flickr openuv adafruit datadog agora~ swell~ nytimes trello trustpilot fmfw
    lemlist moderation~ apptivo`,
  ],
  ['l33', 'simvoly whoxy'],
  ['l35', 'iexcloud stitchdata clearbit'],
  [
    'l40',
    `buttercms cicero~ beebole getgeoapi/geoapi~ simplesat calendarific todoist geocodify tiingo teamgate humanity~ buddyns
    lokalise owlbot deepgram buildkite strava launchdarkly gitter versioneye getsandbox phrase~ crowdin transifex onesky
    smartling pipedrive jumpcloud bitly droneci/drone~ npm~`,
  ],
  ['l48', 'rownd commercejs'],
  ['l50', 'dronahq caspio vyte'],
  ['l60', 'clojars'],
  ['l62', 'planyo'],
  [
    'l64',
    `campayn cryptocompare appsynergy allsports ipinfodb ambee onelogin mavenlink qubole protocolsio/protocols.io
    freshbooks currencycloud unplugg/unplu peopledatalabs webflow alienvault confluent bitbucket zendesk coinbase`,
  ],
  ['l80', 'fulcrum abuseipdb'],
  ['l96', 'verifier~'],
  ['l128', 'flatio/flat.io'],
  // letters and digits in upper case
  ['u10', 'algolia'],
  ['u12', 'kanban~/kanbantool'],
  ['U20', 'plivo'],
  ['u25', 'visualcrossing'],
  ['u32', 'upcdatabase aletheiaapi scraperbox veriphone route4me verimail steam_key'],
  ['u36', 'vultr'],
  ['u48', 'sigopt foursquare technicalanalysisapi'],
  ['u52', 'dyspatch'],
  ['u64', 'keenio/keen.io tmetric'],
  ['u80', 'scrapingbee'],
  // letters and digits
  ['a14', 'sumologic/sumo~ checkvist'],
  ['a15', 'eagleeyenetworks'],
  ['a16', 'maxmind/geoip~ amadeus autodesk shutterstock confluent satismeter nexmo/vonage salesblink'],
  ['u16', 'alphavantage/alpha_vantage raven~'],
  ['a17', 'airtable hive~'],
  ['a18-20', 'runrunit getemails'],
  [
    'a20',
    `companyhub freshdesk/freshservice appfollow codacy easyinsight/easy-insight invoiceocean karmacrm/karma~ timezoneapi
    noticeable smartystreets/smarty~ customerio/customer.io/cio_ artsy sentiment~ getemail finnhub`,
  ],
  ['a21', 'carboninterface'],
  ['a22', 'splunk~/signalfx splunk_observability fakejson apollo~/apolloio/apollo.io blablabus travisci/travis~'],
  [
    'a24',
    'clickhelp oanda happyscribe vercel/zeit~ satismeter clockwork~/textanywhere looker etsy atlassian/jira~/confluence~ onfleet',
  ],
  ['a26', 'roninapp/ronin~ sirv'],
  ['a27', 'glassnode'],
  ['a28', 'tradier browshot'],
  ['a30', 'nylas textmagic nimble~ customerguru/guru~ dropbox_app'],
  [
    'a32',
    `tyntec autodesk mailjet fixer~ jotform mapquest polygon~/polygonio/polygon.io signupgenius artsy linkpreview
    ticketmaster feedier financialmodelingprep tomtom algolia shodan shutterstock swell~ amadeus securitytrails censys
    mailtrap thousandeyes vpnapi sugester liveagent postageapp droneci webscraping facebook tomorrow~/tomorrowio dnscheck
    surveyanyplace salescookie manifest~ spotify readme~/readmeio amadeusapi delighted kickbox datadog
    clarifai/clarifai_api quickbase freshsales recurly chargify braintree ebay~ fitbit linkedin~ twitch~
    deezer soundcloud vimeo`,
  ],
  ['a35', 'worldcoinindex accuweather'],
  ['a36', 'sslmate besttime enablex zonkafeedback/zonka'],
  ['a37', 'smartsheet/smartsheets'],
  [
    'a40',
    `abbysale/abyssale datagov/data.gov shotstack purestake brandfetch enigma~ juro~
    calorieninja/calorieninjas/api-ninjas/apininjas oopspam powrbot worksnaps revampcrm/revamp~ pandadoc apideck stockdata
    jumpcloud pipedrive cohere/co_api sparkpost bitly linkedin~ wasabi~/wasabisys minio~ fastspring datadog/dd_app
    lob~ convertapi openexchange newrelic`,
  ],
  ['a42', 'skrapp/skrappio'],
  [
    'a43',
    'meistertask mindmeister bitcoinaverage paralleldots cloudelements linenotify/line~ moderation~ eightxeight/8x8',
  ],
  ['a44', 'paymoapp/paymo~ typeform geckoboard intrinio'],
  ['a45', 'scrapersite salesflare'],
  ['a48', 'm3o restpack clockify neutrinoapi'],
  ['a50', 'signalwire customerguru/guru~'],
  ['a51', 'flowflu'],
  ['a56', 'helpscout happi~'],
  ['a60', 'workstack clustdoc commodities~ webscraper sportsmonk serphouse tly~/t.ly'],
  ['a64', 'sumologic partnerstack iconfinder html2pdf mesibo groovehq/groove~ zipcodeapi'],
  ['a68', 'getgist'],
  ['a75', 'snipcart'],
  ['a80', 'crowdin teamgate opengraphr'],
  ['a86', 'signaturit'],
  ['a87', 'mailjet'],
  ['a88', 'fusebill'],
  ['a91', 'airship~/urbanairship'],
  ['a128', 'chatfuel passbase'],
  // letters, digits, dash and underscore
  ['w16', 'nexmo/vonage'],
  ['w20', 'hiveage nasdaq/quandl/nasdaqdatalink onwater/onwaterio fxmarket'],
  ['w22', 'mandrill proxycrawl/crawlbase convertkit quickmetrics ringcentral ethplorer freshworks apiscience gitlab'],
  ['w24', 'youtube~ etsy bitmex'],
  ['w25', 'baremetrics messagebird'],
  ['w26', 'tru.id'],
  ['w27', 'hypertrack'],
  ['w28', 'roaring~ cloverly fastforex'],
  [
    'w32',
    `faceplusplus/face++ pepipost fastly~ adafruit macaddress~/macaddressio pastebin chatbot~ paymongo rebrandly uplead
    loyverse ipify geoipifi/ipifi fmfw autoklose audd prospectcrm/prospect~ nytimes trello mixpanel cloudplan auth0`,
  ],
  ['w34', 'pixabay pushbullet'],
  ['w36', 'mixmax imagekit'],
  ['w37', 'coveralls'],
  ['w39', 'blitapp youtube~ blogger~ rocketreach fileio'],
  ['w40', 'plivo zendesk cloudflare/cf_api/cf_token hunter~/hunterio launchdarkly codeclimate bitly'],
  ['w43', 'storecove luno~ unsplash newscatcher gyazo leadfeeder bitfinex contentful netlify hereapi/here~ supernotes'],
  ['w44', 'ibmcloud/ibm~/ibm_cloud unifyid/unify~'],
  ['w45', 'netlify'],
  ['w46', 'impala~ netlify'],
  ['w48', 'bitmex currentsapi currents~ stytch'],
  ['w50', 'rapidapi/x-rapidapi dwolla prospectio'],
  ['w51', 'pandascore repairshopr'],
  ['w54', 'optimizely hypertrack'],
  ['w57', 'lessannoyingcrm'],
  ['w59-60', 'float~'],
  ['w62', 'wepay'],
  ['w64', 'webex gengo capsulecrm coinbase confluent auth0 nozbe'],
  ['w65', 'webex'],
  ['w73', 'stormglass'],
  ['w75', 'omnisend'],
  ['w80', 'surveybot'],
  ['w86', 'smooch'],
  ['w88', 'surveysparrow'],
  ['w128', 'dynalist'],
  // base64 with its padding
  ['{b23}=', 'd7network'],
  ['{b27}=', 'revai/rev.ai'],
  [
    '{b43}=',
    'gocanvas azure_eventgrid/eventgrid azure_servicebus azurecontainerregistry iothub azure_iot eventhub servicebus onepagecrm',
  ],
  ['{w43}=', 'fernet~ airflow~'],
  ['{w47}=', 'stytch'],
  ['{b44}', 'beamer'],
  ['{b45}=', 'beamer'],
  ['{b55}=', 'kraken~'],
  ['{b56}', 'kraken~'],
  ['{b59}=', 'intercom'],
  ['{b64}', 'hellosign/dropboxsign'],
  [
    '{b86}==',
    'kraken~ fullstory azurestorage/azure_storage/blob.core cosmosdb/documentdb azurebatch azureml batchaccount azure_batch mailjet',
  ],
  ['{b88}', 'fullstory sirv'],
  ['{b171-172}', 'linemessaging/line~'],
  // UUIDs
  [
    'uuid',
    `heroku hubspot postmark snyk bugsnag kontent~ urlscan airvisual/iqair censys vouchery integromat appcues selectpdf
    zenscrape zenserp deepai~ smartystreets/smarty~ coinapi cloudmersive graphhopper insightly refiner~ moosend sendbird
    guardian~/guardianapi text2data baseapi/base-api nftport ditto~ guru~ shortcut~ kucoin saucelabs squarespace magnetic~
    scaleway/scw_ cliengo apacta blazemeter/runscope loginradius signalwire captaindata findl tatum~ cannyio/canny.io
    clicksend apifonica kylas holidayapi nethunt apptivo dnscheck surveyanyplace anypoint/mulesoft rownd tru.id sparkle~
    hcaptcha_secret opsgenie genieapi/geniekey nessus tenable wakatime quiknode mailboxvalidator rapidspike appcenter
    splunk_hec/splunk~ hec_token notificationhub instrumentationkey/appinsights/applicationinsights xray~ zephyr~ clockodo
    kenko~ scrapin~ cross_browser sumsub consul~/consul_http nomad~ yodlee amplemarket simplifi~ sematext logz/logzio
    crowdsec~`,
  ],
  // parts with marks between them
  ['{h32}-us{d1-2}', 'mailchimp'],
  ['{h32}-{h8}-{h8}', 'mailgun'],
  ['{w43}.{w43}', 'segment~ segmentio'],
  ['{l8}-{l4}-{l4}-{l4}-{l12}.{l40}', 'ditto~'],
  ['{d1-8}-{h40}', 'avaza'],
  ['{a6}_{a6}-{a6}', 'swiftype'],
  ['{a11}.{a20}', 'shipday'],
  ['{u7}-{u7}-{u7}-{u7}', 'mailmodo screenshotapi ayrshare'],
  ['{u3}-{u3}-{u3}-{u2}7', 'cashboard'],
  ['{u8}-{u8}-{u8}-{u8}', 'poloniex'],
  ['{h4}-{h4}-{h6}-{h6}-{h8}', 'everhour'],
  ['{l11}-{l4}-{l4}-{l4}-{l12}', 'apifonica'],
  ['{h32}.{l1-12}', 'dovico'],
  ['{l8}-{a32}', 'zenkit'],
  ['{d1-20}/{d16}:{l32}', 'asana'],
  ['{d1-2}/{d16}/{d16}:{h32}', 'asana'],
  ['{a16}_{w64}', 'nozbe'],
  ['{d2}|{a40}', 'convier'],
  ['{d6}-{x8}-{x4}-{x4}-{x4}-{x12}', 'figma'],
  ['{a36}.{a115}.{w43}', 'moderation~'],
  ['{l49}', 'stytch_secret'],
  ['{w8}.{w40}', 'zoom~_jwt'],
  ['{w80}={w0-1}', 'imagga'],
  ['{a72}', 'imagga mailgun'],
  ['AC{h32}', 'twilio'],
  ['AAAAAAAAAAAAAAAAAAAAA{p60-140}', 'twitter/x_api/tweepy'],
  ['KEY{w55}', 'telnyx'],
  ['k_{a36-60}', 'mailsac'],
  ['t-{h24}-{h24}', 'tatum~'],
  ['{a6}_{a29}_mmk', 'maxmind'],
  ['eu01xx{h28}NRAL', 'newrelic/new_relic/new-relic'],
  ['{h36}NRAL', 'newrelic'],
  ['{w6}.{w6}:{w20-43}', 'ably~'],
  ['{h24}:{h64}', 'ghost~'],
  ['00{w40}', 'okta/ssws'],
  ['s.{a24}', 'vault~ hashicorp'],
  ['00D{a12}!{p80-120}', 'salesforce/sfdc'],
  ['0.{uuid}.{b30}:{b22}==', 'bitwarden/bws_'],
  ['K2{a25}:K2{a60}', 'descope'],
  ['6L{w6}AAAAA{w27}', 'recaptcha'],
  ['5{a50}', 'bitcoin~ privkey wif~'],
  ['{u18-20}', 'alpaca~/apca-api'],
  ['{b22}==:{w32}', 'tableau'],
  ['{uuid}-{uuid}', 'bunnycdn bunny~'],
  ['live_{w20-60}', 'gocardless messagebird'],
  ['h160', 'prefect~'],
  ['b_{p44}', 'beamer'],
  ['YC{w38}', 'yandex'],
  ['BQ{w80-250}', 'spotify'],
  ['{d15-16}|{w27-40}', 'facebook'],
  ['l15', 'dropbox'],
  ['{l11}AAAAAAAAAA{w43}', 'dropbox'],
  [
    '{a20-60}',
    `rollbar honeybadger loggly~ dynatrace instana appdynamics scoutapm skylight~ lightstep uptimerobot pingdom
    statuscake betteruptime freshping site24x7 logdna mezmo coralogix logzio sematext graylog humio chronosphere
    algolia typesense meilisearch qdrant weaviate milvus zilliz upstash redislabs aerospike yugabyte tidb
    mistral/mistralai togetherai ai21 aleph_alpha writer~ stabilityai leonardoai deepl lokalise replicate
    assemblyai gladia speechify playht murf resemble descript~ heygen synthesia runway~ midjourney
    zoominfo clearbit apollo_io lusha snov hunter_io dropcontact lemlist mailgun mailerlite sendpulse drip~ iterable
    braze appsflyer adjust~ branch~ kochava singular~ heap~ pendo fullstory hotjar logrocket smartlook
    chargebee recurly zuora maxio adyen klarna afterpay affirm~ bolt~ wise~ payoneer
    gusto rippling bamboohr workday~ greenhouse~ lever~ ashbyhq personio hibob deel~ remote_api
    mapbox maptiler mapquest ordnancesurvey/os_maps positionstack what3words
    okta onelogin pingidentity duo_ stytch frontegg fusionauth descope
    docusign hellosign pandadoc signnow zoho quickbooks/intuit xero netsuite sage~
    box_client egnyte sharefile wetransfer cloudinary imgix imagekit filestack uploadcare bunnycdn
    fivetran airbyte stitchdata matillion hevo~ census~ hightouch rudderstack segment~
    tatum~ alchemy~ infura quicknode moralis etherscan bscscan polygonscan blockcypher
    binance bybit okx kucoin gateio huobi bitstamp gemini~ cryptocom coinmarketcap/cmc_ coingecko
    wandb neptune~ comet_ml clearml roboflow labelbox scaleapi
    zscaler crowdstrike sentinelone carbonblack qualys tenable rapid7 greynoise shodan hibp haveibeenpwned
    jenkins teamcity bamboo~ gocd appveyor bitrise codemagic codefresh wercker drone~
    zendesk freshdesk intercom helpscout gorgias kustomer front~ drift~ crisp~ tawk livechat
    wordpress webflow squarespace wix_ bigcommerce magento woocommerce prestashop contentful sanity~ storyblok
    yelp foursquare tripadvisor expedia amadeus sabre~ skyscanner duffel
    etherscan nasa~ noaa~ weatherapi accuweather meteostat
    linkedin~ twitter tiktok snapchat pinterest reddit~ twitch~ youtube~ vimeo spotify soundcloud
    aftership shipengine shipstation easyship fedex ups_ usps dhl~ sendcloud
    smartling phrase~ transifex crowdin localazy
    razorpay cashfree paytm phonepe instamojo payu ccavenue billdesk
    kakao~ naver~ line_channel wechat/weixin alipay baidu qiniu ucloud
    harness~ pulumi spacelift scalr env0 infracost terrascan
    postgrid lob~ clicksend sinch infobip telesign bandwidth~ plivo vonage messagebird`,
  ],
];
